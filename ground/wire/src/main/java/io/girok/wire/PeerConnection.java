package io.girok.wire;

import java.io.IOException;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// A connection to another node, on which this node asks. Owned by the shard it was opened for.
///
/// Requests may be pipelined. One that is not answered in time ends the connection, since whatever follows it would
/// have to wait as well. A connection that has ended stays so.
public interface PeerConnection {
    /// Sends a request; `answer` is told once, never before this returns.
    ///
    /// @param limitMs how long the answer may take from now on, connecting included
    void send(ApiKeys api, short version, ApiMessage body, long limitMs, Answer answer);

    /// Told when the connection has ended, why; later when it has already. [ConnectionRefused] says that nobody
    /// listens at the address: the process behind it is gone.
    void onClose(Consumer<IOException> listener);

    boolean isClosed();

    /// Ends the connection; requests that wait for an answer fail.
    void close();

    /// What becomes of a request.
    interface Answer {
        /// @param body record bytes in it are gone when this returns
        void onAnswer(ApiMessage body);

        /// There is no answer; whether the request was handled is not known.
        void onFailure(IOException cause);
    }
}
