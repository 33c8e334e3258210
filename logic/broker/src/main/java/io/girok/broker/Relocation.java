package io.girok.broker;

import java.io.IOException;

/// Brings a closed log to another place. Blocks.
interface Relocation {
    /// @param cuts how often the log was cut while it was open
    void run(int cuts) throws IOException;
}
