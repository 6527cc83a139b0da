/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Caixa',
  lead: 'Per als col·laboradors de {city} que accepten vals.',
  'home.empty': 'Encara no hi ha res',
  'home.empty_text': 'Has entrat com a {email}.',
  no_role: 'No ets a la caixa de cap col·laborador',
  no_role_text: "Un gestor de la ciutat t'hi pot afegir.",
};
