// events_sdk.cjs NODE_MODULES HOST WRITE_KEY: sends events of every kind with Segment's own SDK, as a shop's server would, and says when the
// SDK has had all of them acknowledged.
const [modules, host, writeKey] = process.argv.slice(2);
const { Analytics } = require(modules + '/@segment/analytics-node');
const analytics = new Analytics({ writeKey, host, flushAt: 20, flushInterval: 100 });
let problems = 0;
analytics.on('error', (problem) => {
  problems += 1;
  console.error(JSON.stringify(problem));
});
analytics.identify({ userId: 'sdk-1', anonymousId: 'browser-1', traits: { email: 'canary@shop.example', plan: 'pro' } });
for (let i = 0; i < 120; i += 1) analytics.track({ userId: `sdk-${i % 7}`, event: 'Product Viewed', properties: { sku: `S-${i}`, price: 9.5 } });
analytics.track({ userId: 'sdk-1', event: 'Order Completed', properties: { order_id: 'O-1', currency: 'EUR', products: [{ sku: 'S-1', price: 12.5, quantity: 2 }] } });
analytics.page({ anonymousId: 'browser-2', name: 'Home', properties: { url: 'https://shop.example/' } });
analytics.screen({ userId: 'sdk-2', name: 'Cart' });
analytics.group({ userId: 'sdk-2', groupId: 'club' });
analytics.alias({ userId: 'sdk-3', previousId: 'old-3' });
analytics.closeAndFlush({ timeout: 10000 }).then(() => {
  console.log(problems === 0 ? 'acknowledged' : `${problems} problems`);
  process.exit(problems === 0 ? 0 : 1);
});
