/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Caja',
  lead: 'Para los colaboradores de {city} que aceptan vales.',
  'home.empty': 'Todavía no hay nada',
  'home.empty_text': 'Has entrado como {email}.',
  no_role: 'No estás en la caja de ningún colaborador',
  no_role_text: 'Un gestor de la ciudad puede añadirte.',
};
