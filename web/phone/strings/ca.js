/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Bones accions',
  hello: 'Fes una bona acció a {city}',
  lead: "Fes una bona acció, que te la confirmin, i gaudeix d'alguna cosa que ofereix la ciutat.",
  'nav.home': 'Inici',
  'nav.deeds': 'Accions',
  'nav.points': 'Punts',
  'nav.benefits': 'Avantatges',
  'nav.me': 'Jo',
  'home.empty': 'Encara no hi ha res',
  'home.empty_text': 'Has entrat com a {email}.',
};
