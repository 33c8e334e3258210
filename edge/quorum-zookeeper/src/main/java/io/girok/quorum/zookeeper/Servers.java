package io.girok.quorum.zookeeper;

import java.net.InetSocketAddress;
import java.util.List;
import org.apache.zookeeper.client.ConnectStringParser;

/// Where an ensemble is, and below which znode the cluster keeps what is its own. Immutable.
///
/// @param addresses `HOST:PORT`, separated by commas
/// @param root an absolute path without a slash at its end; empty for the ensemble's own root
public record Servers(String addresses, String root) {
    /// Reads `HOST:PORT,.../chroot`.
    ///
    /// @throws IllegalArgumentException when it is malformed
    public static Servers parse(String text) {
        String stripped = text.strip();
        // The parser checks ports and the path, and takes a path that is only a slash for none.
        ConnectStringParser parsed = new ConnectStringParser(stripped);
        int slash = stripped.indexOf('/');
        String addresses = slash < 0 ? stripped : stripped.substring(0, slash);
        if (parsed.getServerAddresses().isEmpty() || addresses.isBlank()) {
            throw new IllegalArgumentException("no server is named");
        }
        String root = parsed.getChrootPath();
        return new Servers(addresses, root == null ? "" : root);
    }

    List<InetSocketAddress> list() {
        return new ConnectStringParser(addresses).getServerAddresses();
    }

    @Override
    public String toString() {
        return addresses + root;
    }
}
