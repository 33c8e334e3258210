package io.girok.network;

import io.girok.base.Principal;
import io.netty.channel.Channel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The other end of a TLS connection: who it is, and what is to be said when it does not come about. Stateless.
final class TlsPeer {
    private TlsPeer() {}

    /// Who the client's certificate makes it; empty when no rule knows it.
    static Optional<Principal> principalOf(Listener listener, Channel channel) {
        return listener.guard()
                .tls()
                .orElseThrow()
                .principalOf(channel.pipeline().get(SslHandler.class).engine().getSession());
    }

    /// Clients that go away, and those who look whether a port is open, are everyday life.
    static boolean isWorthALine(@Nullable Throwable failure) {
        return !(failure instanceof ClosedChannelException)
                && !String.valueOf(failure == null ? "" : failure.getMessage()).startsWith("Connection closed while");
    }

    static String describe(@Nullable Throwable failure) {
        return switch (failure) {
            case NotSslRecordException _ -> "it speaks plaintext, or another protocol, where TLS is spoken";
            case SslHandshakeTimeoutException _ -> "its TLS handshake took too long";
            case null -> "its TLS handshake has failed";
            default -> "its TLS handshake has failed: " + cause(failure);
        };
    }

    /// The innermost one says most.
    private static String cause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
