package io.girok.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// Writes consumed records: the value's bytes and a newline, or one JSON object a line. Not thread-safe.
final class RecordPrinter {
    private final Output output;
    private final boolean json;
    private final byte @Nullable [] keySeparator;

    /// @param keySeparator what stands between key and value; null to print no keys
    RecordPrinter(Output output, boolean json, @Nullable String keySeparator) {
        this.output = output;
        this.json = json;
        this.keySeparator = keySeparator == null ? null : keySeparator.getBytes(StandardCharsets.UTF_8);
    }

    void print(ConsumerRecord<byte[], byte[]> record) {
        if (json) {
            output.line(toJson(record));
            return;
        }
        if (keySeparator != null) {
            printBytes(record.key());
            output.bytes(keySeparator);
        }
        printBytes(record.value());
        output.newline();
    }

    void flush() {
        output.flush();
    }

    static String toJson(ConsumerRecord<byte[], byte[]> record) {
        List<Object> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(Json.object("key", header.key(), "value", Json.ofBytes(header.value())));
        }
        return Json.of(
                Json.object("topic", record.topic(), "partition", record.partition(), "offset", record.offset(),
                        "timestamp", record.timestamp(), "key", Json.ofBytes(record.key()), "value",
                        Json.ofBytes(record.value()), "headers", headers));
    }

    private void printBytes(byte @Nullable [] bytes) {
        if (bytes != null) {
            output.bytes(bytes);
        }
    }
}
