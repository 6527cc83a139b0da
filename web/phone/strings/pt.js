/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Boas ações',
  hello: 'Faça o bem em {city}',
  lead: 'Faça uma boa ação, confirme-a e aproveite algo que a cidade oferece.',
  'nav.home': 'Início',
  'nav.deeds': 'Ações',
  'nav.points': 'Pontos',
  'nav.benefits': 'Benefícios',
  'nav.me': 'Eu',
  'home.empty': 'Ainda não há nada',
  'home.empty_text': 'Entrou como {email}.',
};
