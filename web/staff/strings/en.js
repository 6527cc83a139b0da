/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Staff console',
  lead: 'For verifiers, managers and auditors of {city}.',
  'nav.queue': 'Queue',
  'nav.events': 'Events',
  'nav.overview': 'Overview',
  'nav.catalogue': 'Catalogue',
  'nav.benefits': 'Benefits',
  'nav.partners': 'Partners',
  'nav.roles': 'Roles',
  'home.empty': 'Nothing here yet',
  'home.empty_text': 'You are signed in as {email}.',
  no_role: 'You have no role here',
  no_role_text: 'A manager can give you one. Residents use the phone client.',
};
