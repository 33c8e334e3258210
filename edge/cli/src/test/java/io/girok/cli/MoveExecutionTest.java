package io.girok.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MoveExecutionTest {
    private final List<String> done = new ArrayList<>();

    private Runnable step(String name) {
        return () -> done.add(name);
    }

    private Runnable failing(String name) {
        return () -> {
            done.add(name);
            throw Failure.of(name);
        };
    }

    @Test
    void theThrottleGoesEvenIfMovesCannotBeCalledOff() {
        assertThatThrownBy(
                () -> MoveExecution.runAll(failing("move"), failing("call off"), step("end the throttle")))
                .hasMessageContaining("call off")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));

        assertThat(done).containsExactly("move", "call off", "end the throttle");
    }

    @Test
    void whatGoesWellThrowsNothing() {
        MoveExecution.runAll(step("move"), step("call off"), step("end the throttle"));

        assertThat(done).hasSize(3);
    }
}
