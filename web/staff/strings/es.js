/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Consola del personal',
  lead: 'Para verificadores, gestores y auditores de {city}.',
  'nav.queue': 'Cola',
  'nav.events': 'Actos',
  'nav.overview': 'Resumen',
  'nav.catalogue': 'Catálogo',
  'nav.benefits': 'Ventajas',
  'nav.partners': 'Colaboradores',
  'nav.roles': 'Roles',
  'home.empty': 'Todavía no hay nada',
  'home.empty_text': 'Has entrado como {email}.',
  no_role: 'Aquí no tienes ningún rol',
  no_role_text: 'Un gestor puede darte uno. Los residentes usan la página para el móvil.',
};
