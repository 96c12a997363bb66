// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/**
 * A broker's answer on its way through a {@link KafkaProxy}.
 *
 * @param clientId of the client that asked
 * @param api what was asked for
 * @param version of the request and of this answer
 * @param node the address of the proxy that the client asked, as {@link KafkaProxy} counts them
 * @param frame the answer from its header on, without its length; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record KafkaAnswer(String clientId, ApiKeys api, short version, int node, byte[] frame) {

    /** Answers of one kind to clients whose id begins with the prefix. */
    public static Predicate<KafkaAnswer> to(String clientIdPrefix, ApiKeys api) {
        return answer -> answer.api() == api && answer.clientId().startsWith(clientIdPrefix);
    }

    /** All answers to clients whose id begins with the prefix. */
    public static Predicate<KafkaAnswer> to(String clientIdPrefix) {
        return answer -> answer.clientId().startsWith(clientIdPrefix);
    }

    /** Whether this answers a fetch and brings records. */
    public boolean hasRecords() {
        return api == ApiKeys.FETCH
                && new FetchResponseData(body(), version)
                        .responses().stream()
                                .flatMap(topic -> topic.partitions().stream())
                                .anyMatch(partition -> partition.records() != null
                                        && partition.records().sizeInBytes() > 0);
    }

    /** This answer about metadata with one broker more. */
    KafkaAnswer withBroker(int id, String host, int port) {
        ByteBufferAccessor in = new ByteBufferAccessor(ByteBuffer.wrap(frame));
        ResponseHeaderData header = new ResponseHeaderData(in, api.responseHeaderVersion(version));
        MetadataResponseData metadata = new MetadataResponseData(in, version);
        metadata.brokers()
                .add(new MetadataResponseBroker().setNodeId(id).setHost(host).setPort(port));
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header, api.responseHeaderVersion(version))
                .buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(metadata, version).buffer();
        byte[] changed = new byte[head.remaining() + body.remaining()];
        int headBytes = head.remaining();
        head.get(changed, 0, headBytes);
        body.get(changed, headBytes, body.remaining());
        return new KafkaAnswer(clientId, api, version, node, changed);
    }

    private ByteBufferAccessor body() {
        ByteBufferAccessor in = new ByteBufferAccessor(ByteBuffer.wrap(frame));
        new ResponseHeaderData(in, api.responseHeaderVersion(version));
        return in;
    }

    @Override
    public String toString() {
        return "%s v%d to %s".formatted(api, version, clientId);
    }
}
