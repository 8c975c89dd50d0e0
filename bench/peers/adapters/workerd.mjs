// Serves a Lambda handler in workerd, whose configuration names it "handler".
import module from 'handler';

export default {
  async fetch(request) {
    return Response.json(await module.handler(await request.json(), {}));
  },
};
