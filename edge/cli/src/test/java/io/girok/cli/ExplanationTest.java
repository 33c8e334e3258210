package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    @Test
    void wrappersAreTakenOff() {
        assertThat(
                Explanation.of(new ExecutionException(new InvalidReplicationFactorException("1 broker, asked for 3"))))
                .isEqualTo("1 broker, asked for 3");
        assertThat(Explanation.of(new UncheckedIOException(new IOException("disk full"))))
                .isEqualTo("IOException: disk full");
    }

    @Test
    void aTimeoutSaysWhoWasSilent() {
        assertThat(Explanation.of(new TimeoutException("Call listTopics")))
                .startsWith("the broker did not answer in time");
    }

    @Test
    void theCauseOfAClientsFailureIsTold() {
        assertThat(Explanation
                .of(new KafkaException("Failed to construct kafka producer", new KafkaException("bad acks"))))
                .isEqualTo("Failed to construct kafka producer (bad acks)");
    }

    @Test
    void anExceptionWithoutAMessageIsNamed() {
        assertThat(Explanation.of(new IllegalStateException())).contains("IllegalStateException");
    }
}
