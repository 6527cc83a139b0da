/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Consola del personal',
  lead: 'Per a verificadors, gestors i auditors de {city}.',
  'nav.queue': 'Cua',
  'nav.events': 'Actes',
  'nav.overview': 'Resum',
  'nav.catalogue': 'Catàleg',
  'nav.benefits': 'Avantatges',
  'nav.partners': 'Col·laboradors',
  'nav.roles': 'Rols',
  'home.empty': 'Encara no hi ha res',
  'home.empty_text': 'Has entrat com a {email}.',
  no_role: 'Aquí no tens cap rol',
  no_role_text: "Un gestor te'n pot donar un. Els residents fan servir la pàgina per al mòbil.",
};
