package io.girok.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordPrinterTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Test
    void aValueIsWrittenByteForByte() {
        byte[] value = {(byte) 0xff, 0, 'x'};

        print(record("k".getBytes(UTF_8), value), false, null);

        assertThat(written.toByteArray()).containsExactly(0xff, 0, 'x', '\n');
    }

    @Test
    void aKeyStandsBeforeTheSeparator() {
        print(record("k".getBytes(UTF_8), "v".getBytes(UTF_8)), false, "\t");
        print(record(null, null), false, "\t");

        assertThat(written.toString(UTF_8)).isEqualTo("k\tv\n\t\n");
    }

    @Test
    void jsonHoldsAllThereIsToARecord() {
        ConsumerRecord<byte[], byte[]> record = record(null, "v".getBytes(UTF_8));
        record.headers().add("h", new byte[]{(byte) 0x80}).add("h", null);

        print(record, true, null);

        assertThat(written.toString(UTF_8)).isEqualTo(
                "{\"topic\":\"orders\",\"partition\":2,\"offset\":7,\"timestamp\":-1,\"key\":null,\"value\":\"v\","
                        + "\"headers\":[{\"key\":\"h\",\"value\":{\"base64\":\"gA==\"}},"
                        + "{\"key\":\"h\",\"value\":null}]}\n");
    }

    @Test
    void aReaderThatWentAwayEndsThePrinting() {
        Output output = new Output(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });

        assertThatThrownBy(() -> output.line("x")).isInstanceOf(Output.Closed.class);
    }

    private void print(ConsumerRecord<byte[], byte[]> record, boolean json, @Nullable String keySeparator) {
        Output output = new Output(written);
        new RecordPrinter(output, json, keySeparator).print(record);
        output.flush();
    }

    @SuppressWarnings("NullAway") // the client's record allows null, its types do not say so
    private static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] key, byte @Nullable [] value) {
        return new ConsumerRecord<>("orders", 2, 7, key, value);
    }
}
