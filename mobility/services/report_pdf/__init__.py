"""The report on paper: its words in one language or two, and the PDF made of them."""

from mobility.services.report_pdf.document import describe_report
from mobility.services.report_pdf.making import PdfOptions, report_pdf

__all__ = ["PdfOptions", "describe_report", "report_pdf"]
