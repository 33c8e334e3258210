package io.girok.cli;

import java.util.Map;

/// What a measurement does, the same in every round. Immutable.
///
/// @param client settings for every client
/// @param topic holds the measurement's records and nothing else
/// @param recordBytes the size of each value; at least [Payloads#MIN_BYTES]
/// @param perSecond records a second over all producers; 0: as fast as they go
/// @param seconds how long a round sends
record BenchPlan(Map<String, Object> client, String topic, int recordBytes, int producers, long perSecond,
        int seconds) {

    /// Records a second that producers send together where the workload needs a steady rate and none was given.
    static final long STEADY_RATE = 1_000;

    boolean isPaced() {
        return 0 < perSecond;
    }

    BenchPlan paced() {
        return isPaced() ? this : new BenchPlan(client, topic, recordBytes, producers, STEADY_RATE, seconds);
    }
}
