/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Caixa',
  lead: 'Para os parceiros de {city} que aceitam vales.',
  'home.empty': 'Ainda não há nada',
  'home.empty_text': 'Entrou como {email}.',
  no_role: 'Não está na caixa de nenhum parceiro',
  no_role_text: 'Um gestor da cidade pode adicioná-lo.',
};
