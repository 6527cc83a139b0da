/** @type {Record<string, import('../../shared/strings.js').Words>} */
export default {
  name: 'Good deeds',
  hello: 'Do good in {city}',
  lead: 'Do a good deed, have it confirmed, and enjoy something the city offers.',
  'nav.home': 'Home',
  'nav.deeds': 'Deeds',
  'nav.points': 'Points',
  'nav.benefits': 'Benefits',
  'nav.me': 'Me',
  'home.empty': 'Nothing here yet',
  'home.empty_text': 'You are signed in as {email}.',
};
