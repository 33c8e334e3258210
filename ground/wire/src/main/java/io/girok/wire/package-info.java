/// Kafka's protocol: frames, requests, responses, RequestHandler.
///
/// Start at [RequestDecoder] (bytes of a frame to a [Request]) and [ResponseEncoder] (an answer to a row of chunks);
/// between the two stands the [RequestHandler].
@NullMarked
package io.girok.wire;

import org.jspecify.annotations.NullMarked;
