/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Buenas acciones',
  hello: 'Haz el bien en {city}',
  lead: 'Haz una buena acción, que te la confirmen, y disfruta de algo que ofrece la ciudad.',
  'nav.home': 'Inicio',
  'nav.deeds': 'Acciones',
  'nav.points': 'Puntos',
  'nav.benefits': 'Ventajas',
  'nav.me': 'Yo',
  'home.empty': 'Todavía no hay nada',
  'home.empty_text': 'Has entrado como {email}.',
};
