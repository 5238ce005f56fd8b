comment on view report.match_quality is
'How often reviewers agreed with a model, by the band and the weight (ten bits a line) that they were shown: precision is
accepted of accepted and rejected, with a Wilson interval of 95 %. Drill down: report.decision by model_version, band and
weight. Caveat: no recall, since nobody decides on pairs that are not shown; what was decided is what reviewers chose to look
at, no sample; the last decision on a pair counts. Against the truth of a simulated world: make quality.';
