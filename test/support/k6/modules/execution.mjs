import { place } from '../record.mjs';

export default {
  vu: {
    get idInTest() {
      return place.vu;
    },
    get iterationInInstance() {
      return place.iteration;
    },
  },
  scenario: {
    get iterationInTest() {
      return place.iteration;
    },
  },
};
