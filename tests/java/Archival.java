import java.io.File;
import org.apache.pdfbox.preflight.PreflightDocument;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.exception.SyntaxValidationException;
import org.apache.pdfbox.preflight.parser.PreflightParser;

/** Says of each file what PDFBox Preflight finds against PDF/A-1b: its name, then code and text. */
public class Archival {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            ValidationResult found;
            try {
                PreflightParser parser = new PreflightParser(new File(file));
                parser.parse();
                try (PreflightDocument document = parser.getPreflightDocument()) {
                    document.validate();
                    found = document.getResult();
                }
            } catch (SyntaxValidationException broken) {
                found = broken.getResult();
            }
            System.out.println("FILE " + new File(file).getName());
            for (ValidationResult.ValidationError one : found.getErrorsList()) {
                System.out.println(one.getErrorCode() + " " + one.getDetails());
            }
        }
    }
}
