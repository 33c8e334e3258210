/// Kafka's protocol: frames, requests, responses, RequestHandler.
@NullMarked
package io.girok.wire;

import org.jspecify.annotations.NullMarked;
