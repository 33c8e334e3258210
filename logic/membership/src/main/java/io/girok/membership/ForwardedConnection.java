package io.girok.membership;

import io.girok.base.Principal;
import io.girok.wire.Connection;
import io.girok.wire.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.message.DefaultPrincipalData;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/// The client's end of a request that another node has passed on, as that node says. Immutable.
///
/// @param listenerName the one that the node used
record ForwardedConnection(String listenerName, Principal principal, boolean isByToken,
        InetSocketAddress remoteAddress)
        implements
            Connection {
    /// The principal of a connection in an envelope, as Apache Kafka writes it.
    static byte[] encode(Connection connection) {
        Principal principal = connection.principal();
        DefaultPrincipalData data = new DefaultPrincipalData().setType(principal.type())
                .setName(principal.name())
                .setTokenAuthenticated(connection.isByToken());
        return MessageUtil.toVersionPrefixedBytes(DefaultPrincipalData.HIGHEST_SUPPORTED_VERSION, data);
    }

    /// Empty when the envelope does not say who has sent what is in it.
    static Optional<ForwardedConnection> of(Request envelope) {
        EnvelopeRequestData body = (EnvelopeRequestData) envelope.body();
        byte[] principal = body.requestPrincipal();
        if (principal == null) {
            return Optional.empty();
        }
        try {
            DefaultPrincipalData sender = decode(principal);
            return Optional.of(new ForwardedConnection(envelope.connection().listenerName(),
                    new Principal(sender.type(), sender.name()), sender.tokenAuthenticated(),
                    address(body.clientHostAddress())));
        } catch (RuntimeException | UnknownHostException malformed) {
            // The generated classes throw what they like; it is the answer that says what is wrong.
            return Optional.empty();
        }
    }

    private static DefaultPrincipalData decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        short version = buffer.getShort();
        return new DefaultPrincipalData(new ByteBufferAccessor(buffer), version);
    }

    /// Of no bytes where the node does not know it.
    private static InetSocketAddress address(byte[] bytes) throws UnknownHostException {
        return bytes.length == 0
                ? InetSocketAddress.createUnresolved("", 0)
                : new InetSocketAddress(InetAddress.getByAddress(bytes), 0);
    }

    @Override
    public long id() {
        return 0;
    }

    @Override
    public InetSocketAddress localAddress() {
        return LocalConnection.INSTANCE.localAddress();
    }

    @Override
    public boolean isForwarded() {
        return true;
    }

    @Override
    public void onClose(Runnable task) {
        // Nobody says when it does.
    }
}
