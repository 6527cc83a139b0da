/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Consola do pessoal',
  lead: 'Para verificadores, gestores e auditores de {city}.',
  'nav.queue': 'Fila',
  'nav.events': 'Eventos',
  'nav.overview': 'Resumo',
  'nav.catalogue': 'Catálogo',
  'nav.benefits': 'Benefícios',
  'nav.partners': 'Parceiros',
  'nav.roles': 'Funções',
  'home.empty': 'Ainda não há nada',
  'home.empty_text': 'Entrou como {email}.',
  no_role: 'Não tem nenhuma função aqui',
  no_role_text: 'Um gestor pode dar-lhe uma. Os residentes usam a página para telemóvel.',
};
