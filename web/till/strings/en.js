/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Till',
  lead: 'For partners of {city} who take vouchers.',
  'home.empty': 'Nothing here yet',
  'home.empty_text': 'You are signed in as {email}.',
  no_role: 'You are no clerk of a partner',
  no_role_text: 'A manager of the city can make you one.',
};
