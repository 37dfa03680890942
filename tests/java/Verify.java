import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.AlgorithmParameterSpec;
import java.util.*;
import javax.xml.crypto.*;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.*;

/** Judges the signature of one envelope by the JDK's own engine: `Verify ENVELOPE FOLDER-OF-PARTS`.
 *  Prints `valid N` or `invalid`, N being the number of references. */
public class Verify {
    static final String WSS = "http://docs.oasis-open.org/wss/";
    static final String WSU = WSS + "2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    static final String CONTENT =
        WSS + "oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform";

    /** The one transform that the JDK lacks: the content of a part as it is. */
    public static class Content extends TransformService {
        public void init(TransformParameterSpec spec) { }
        public void init(XMLStructure parent, XMLCryptoContext context) { }
        public void marshalParams(XMLStructure parent, XMLCryptoContext context) { }
        public AlgorithmParameterSpec getParameterSpec() { return null; }
        public boolean isFeatureSupported(String feature) { return false; }
        public Data transform(Data data, XMLCryptoContext context) { return data; }
        public Data transform(Data data, XMLCryptoContext context, OutputStream out)
                throws TransformException {
            try {
                ((OctetStreamData) data).getOctetStream().transferTo(out);
            } catch (IOException error) {
                throw new TransformException(error);
            }
            return null;
        }
    }

    public static class Attachments extends Provider {
        public Attachments() {
            super("Attachments", "1", "SwA");
            put("TransformService." + CONTENT, Content.class.getName());
            put("TransformService." + CONTENT + " MechanismType", "DOM");
        }
    }

    public static void main(String[] given) throws Exception {
        Security.addProvider(new Attachments());
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(new File(given[0]));
        NodeList all = document.getElementsByTagNameNS("*", "*");
        for (int i = 0; i < all.getLength(); i++) {
            Element one = (Element) all.item(i);
            if (one.hasAttributeNS(WSU, "Id")) one.setIdAttributeNS(WSU, "Id", true);
        }
        String token = document.getElementsByTagNameNS("*", "BinarySecurityToken").item(0)
            .getTextContent();
        CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(
            new ByteArrayInputStream(Base64.getMimeDecoder().decode(token)), "PkiPath");
        DOMValidateContext context = new DOMValidateContext(
            path.getCertificates().get(0).getPublicKey(),
            document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature").item(0));
        // its secure mode knows no transform but its own
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.FALSE);
        XMLSignatureFactory signatures = XMLSignatureFactory.getInstance("DOM");
        URIDereferencer plain = signatures.getURIDereferencer();
        context.setURIDereferencer((uri, within) -> {
            if (!uri.getURI().startsWith("cid:")) return plain.dereference(uri, within);
            try {
                return new OctetStreamData(
                    new FileInputStream(new File(given[1], uri.getURI().substring(4))));
            } catch (IOException error) {
                throw new URIReferenceException(error);
            }
        });
        XMLSignature signature = signatures.unmarshalXMLSignature(context);
        int count = signature.getSignedInfo().getReferences().size();
        System.out.println(signature.validate(context) ? "valid " + count : "invalid");
    }
}
