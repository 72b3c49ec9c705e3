"""What the cases of the demo are about: invented, plausible, and of nobody."""

from dataclasses import dataclass

from tumorboard.cases.domain import QuestionKind

_Q = QuestionKind


@dataclass(frozen=True)
class Story:
    """A case in a few lines."""

    title: str
    site: str
    histology: str
    stage: str
    kind: QuestionKind
    question: str
    plan: str
    markers: str = ""


STORIES: dict[str, tuple[Story, ...]] = {
    "thoracic": (
        Story("Stage IIIA adenocarcinoma, EGFR exon 19: resect after neoadjuvant?", "C34.1 upper lobe, lung", "8140/3 adenocarcinoma", "cT2a N2 M0, IIIA", _Q.SURGERY, "Would you resect after neoadjuvant treatment, and is osimertinib to follow?", "Chemoradiation", "EGFR exon 19 deletion; PD-L1 40 %"),
        Story("Limited-stage small cell with new brain lesion", "C34.3 lower lobe, lung", "8041/3 small cell carcinoma", "cT2a N2 M0, now M1b", _Q.RADIATION, "Radiosurgery alone or whole brain, and does it change immunotherapy?", "Whole-brain radiation with memantine"),
        Story("Thymoma, Masaoka II: adjuvant radiation", "C37.9 thymus", "8581/3 thymoma B2", "Masaoka II", _Q.RADIATION, "Is adjuvant radiation worth it after an R0 resection?", "Observation"),
        Story("Multifocal ground-glass nodules, growth of one", "C34.1 upper lobe, lung", "Pathology pending", "not staged", _Q.DIAGNOSIS, "Biopsy, wedge, or another scan in three months?", "Another scan in three months"),
        Story("Epithelioid mesothelioma: candidate for surgery?", "C38.4 pleura", "9052/3 epithelioid mesothelioma", "cT2 N0 M0, IB", _Q.SURGERY, "Would anybody offer pleurectomy here?", "Chemo-immunotherapy"),
    ),
    "breast": (
        Story("Positive node after neoadjuvant: axilla again?", "C50.4 upper outer quadrant", "8500/3 ductal carcinoma", "ypT1c ypN1a", _Q.SURGERY, "Completion dissection, or radiation alone?", "Axillary dissection", "ER 90 %, PR 40 %, HER2 0"),
        Story("Triple negative, residual disease, germline BRCA1", "C50.8 overlapping", "8500/3 ductal carcinoma", "ypT2 ypN0", _Q.SYSTEMIC, "Capecitabine, olaparib, or both in turn?", "Capecitabine", "ER 0, PR 0, HER2 0; BRCA1"),
        Story("DCIS 6 cm, wants to keep the breast", "C50.2 upper inner quadrant", "8500/2 ductal carcinoma in situ", "Tis N0, 0", _Q.SURGERY, "Is breast conservation reasonable at this size?", "Mastectomy with reconstruction"),
        Story("HER2-low progression on CDK4/6", "C50.9 breast", "8500/3 ductal carcinoma", "M1, IV", _Q.SEQUENCE, "What next: conjugate now, or endocrine with everolimus?", "Antibody-drug conjugate", "ER 80 %, HER2 1+; ESR1 mutation"),
    ),
    "gi": (
        Story("Borderline pancreatic head, CA 19-9 halved", "C25.0 head of pancreas", "8140/3 adenocarcinoma", "cT3 N1 M0, IIB", _Q.SURGERY, "Explore now or two more months of FOLFIRINOX?", "Explore after restaging"),
        Story("Gastric cancer, positive washing only", "C16.3 antrum", "8490/3 signet ring cell", "cT3 N1 M1, IV", _Q.SEQUENCE, "Is there a place for surgery if the washing clears?", "Systemic treatment"),
        Story("Esophageal adenocarcinoma, complete response", "C15.5 lower esophagus", "8140/3 adenocarcinoma", "cT3 N1 M0, III", _Q.SURGERY, "Surgery or active surveillance after a complete response?", "Esophagectomy"),
        Story("Hilar cholangiocarcinoma, jaundiced", "C24.0 extrahepatic bile duct", "8160/3 cholangiocarcinoma", "Bismuth IIIa", _Q.SURGERY, "Which side to drain, and is he a candidate for resection?", "Drain left, then reassess"),
        Story("Two liver lesions beside cirrhosis", "C22.0 liver", "8170/3 hepatocellular carcinoma", "BCLC A", _Q.SEQUENCE, "Ablate, resect, or list for transplant?", "Ablation as a bridge"),
    ),
    "colorectal": (
        Story("Low rectal, near-complete response", "C20.9 rectum", "8140/3 adenocarcinoma", "ycT1 N0 M0", _Q.SURGERY, "Watch and wait with a near-complete response at eight weeks?", "Re-examine in six weeks"),
        Story("Synchronous liver lesions, primary not blocking", "C18.7 sigmoid colon", "8140/3 adenocarcinoma", "cT3 N1 M1a, IVA", _Q.SEQUENCE, "Liver first, colon first or both at once?", "Three months of FOLFOX, then liver first", "RAS wild type, MSS"),
        Story("T1 polyp, margin 0.8 mm", "C18.6 descending colon", "8140/3 adenocarcinoma", "pT1 NX", _Q.SURGERY, "Is segmental resection needed?", "Surveillance colonoscopy"),
        Story("MSI-high rectal cancer", "C20.9 rectum", "8140/3 adenocarcinoma", "cT3 N2 M0, IIIC", _Q.SYSTEMIC, "Immunotherapy alone, and what if she responds?", "Neoadjuvant immunotherapy", "dMMR, MSI-high"),
    ),
    "gu": (
        Story("High-risk prostate, PSMA node", "C61.9 prostate", "8140/3 adenocarcinoma, grade group 5", "cT3a N1 M0", _Q.RADIATION, "Pelvic field with boost to the node, and how long ADT?", "Radiation with two years of ADT"),
        Story("Muscle-invasive bladder, one kidney", "C67.9 bladder", "8120/3 urothelial carcinoma", "cT2 N0 M0, II", _Q.SEQUENCE, "Bladder preservation with this renal function?", "Trimodality"),
        Story("Renal mass 4.2 cm in a solitary kidney", "C64.9 kidney", "8310/3 clear cell carcinoma", "cT1b N0 M0, I", _Q.SURGERY, "Partial nephrectomy or ablation?", "Partial nephrectomy"),
    ),
    "gynecologic": (
        Story("Stage IB2 cervix, 34, wishes for children", "C53.9 cervix", "8070/3 squamous cell", "FIGO IB2", _Q.SURGERY, "Trachelectomy at 2.4 cm, or neoadjuvant first?", "Radical hysterectomy"),
        Story("Endometrial, p53 abnormal, one micrometastasis", "C54.1 endometrium", "8380/3 endometrioid, grade 3", "FIGO IIIC1", _Q.SYSTEMIC, "Chemotherapy with immunotherapy, and which field?", "Chemoradiation", "p53 abnormal, pMMR"),
        Story("Ovarian, interval debulking?", "C56.9 ovary", "8461/3 high-grade serous", "FIGO IIIC", _Q.SURGERY, "Operate after three cycles or complete six?", "Interval surgery", "BRCA wild type, HRD positive"),
    ),
    "head-and-neck": (
        Story("p16-positive oropharynx, single node 3 cm", "C10.9 oropharynx", "8070/3 squamous cell", "cT1 N1 M0, I", _Q.SEQUENCE, "Transoral surgery or radiation alone?", "Radiation alone", "p16 positive"),
        Story("Larynx T3, works as a teacher", "C32.0 glottis", "8070/3 squamous cell", "cT3 N0 M0, III", _Q.SEQUENCE, "Organ preservation: induction or concurrent?", "Concurrent chemoradiation"),
        Story("Recurrent parotid, facial nerve intact", "C07.9 parotid", "8200/3 adenoid cystic", "rT2 N0 M0", _Q.RECURRENCE, "Re-operate with the nerve at risk?", "Re-irradiation"),
    ),
    "cns": (
        Story("Glioblastoma at 71, methylated", "C71.1 frontal lobe", "9440/3 glioblastoma", "not staged", _Q.SEQUENCE, "Short course with temozolomide, or temozolomide alone?", "Short course with temozolomide", "MGMT methylated, IDH wild type"),
        Story("IDH-mutant astrocytoma grade 2, subtotal resection", "C71.2 temporal lobe", "9400/3 astrocytoma", "not staged", _Q.SEQUENCE, "Observe, inhibitor, or radiation now?", "Observe", "IDH1 R132H"),
        Story("Five brain metastases, ECOG 1", "C79.3 brain", "8140/3 adenocarcinoma", "M1", _Q.RADIATION, "Radiosurgery to all five?", "Radiosurgery"),
    ),
    "melanoma": (
        Story("Stage IIIB after sentinel node, BRAF mutant", "C43.6 arm", "8720/3 melanoma", "pT2b N1a M0, IIIB", _Q.SYSTEMIC, "Adjuvant PD-1 or targeted?", "Adjuvant PD-1", "BRAF V600E"),
        Story("Mucosal, anorectal, resectable", "C21.0 anus", "8746/3 mucosal melanoma", "localized", _Q.SURGERY, "Wide excision or neoadjuvant first?", "Neoadjuvant immunotherapy", "KIT wild type"),
        Story("In-transit disease of the leg", "C43.7 leg", "8720/3 melanoma", "N2c, IIIC", _Q.SEQUENCE, "Injection, perfusion or systemic?", "Systemic immunotherapy"),
    ),
    "sarcoma": (
        Story("Retroperitoneal liposarcoma around the kidney", "C48.0 retroperitoneum", "8858/3 dedifferentiated liposarcoma", "cT4 N0 M0", _Q.SURGERY, "Radiation before surgery, and take the kidney?", "Surgery first"),
        Story("Desmoid of the abdominal wall, growing", "D48.1 soft tissue", "8821/1 desmoid", "not staged", _Q.SYSTEMIC, "Active surveillance or a gamma secretase inhibitor?", "Surveillance", "CTNNB1"),
        Story("Ewing, pelvis, good response", "C41.4 pelvic bones", "9260/3 Ewing sarcoma", "localized", _Q.SEQUENCE, "Surgery, radiation or both for local control?", "Radiation"),
    ),
    "lymphoma": (
        Story("DLBCL, PET positive after six cycles", "C83.3 DLBCL", "9680/3 DLBCL", "Ann Arbor III", _Q.SEQUENCE, "Biopsy, CAR-T referral or radiation?", "Biopsy, then CAR-T"),
        Story("Mantle cell, TP53 mutated", "C83.1 mantle cell", "9673/3 mantle cell", "Ann Arbor IV", _Q.SYSTEMIC, "Chemo-free induction, and transplant in first remission?", "BTK inhibitor", "TP53"),
        Story("Follicular, transformed in one node", "C82.9 follicular", "9690/3 follicular", "Ann Arbor II", _Q.SYSTEMIC, "Treat as large cell although only one node transformed?", "R-CHOP"),
    ),
    "bmt": (
        Story("AML in second remission, haploidentical donor", "C92.0 AML", "9861/3 AML", "CR2", _Q.SEQUENCE, "Which conditioning at 66 with this heart?", "Reduced intensity", "FLT3-ITD"),
        Story("MDS, blasts 12 %, no donor yet", "D46.9 MDS", "9989/3 MDS", "IPSS-M high", _Q.SYSTEMIC, "Bridge with azacitidine, or wait for the donor?", "Azacitidine"),
        Story("Myeloma, relapse after second line", "C90.0 myeloma", "9732/3 myeloma", "R-ISS II", _Q.SEQUENCE, "Second autograft, bispecific or CAR-T?", "Bispecific antibody"),
    ),
}  # fmt: skip
