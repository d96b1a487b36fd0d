// The files for people who ask why: each answer with what was accepted and where it stands in the packets,
// how each question did, what a person still has to read, and what changed since an earlier run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "labs/course/lab.hpp"
#include "labs/grade/graded.hpp"
#include "labs/grade/overlap.hpp"

namespace plaintalk::labs {

// student,lab,question,given,verdict,accepted,mistake,packet,points,points_max,reason,hand_in; a hand-in that
// could not be marked has one row without a question.
std::string evidence_csv(const std::vector<GradedHandIn>& hand_ins);

// lab,question,handed_in,answered,right,share_right,commonest_mistake,mistake_count,discrimination: the last
// is the correlation of a question's points with the points of all the others (point-biserial); empty when
// all are equal.
std::string items_csv(const std::vector<GradedHandIn>& hand_ins);

// The free texts, each below its question and its rubric, with a line for the points.
std::string free_text_markdown(const std::vector<GradedHandIn>& hand_ins, const std::vector<Lab>& labs);

// student_a,student_b,lab,odds,question,answer,share,right_for,packet_a,packet_b.
std::string overlap_csv(const std::vector<Overlap>& overlaps);

// Rows of two runs' evidence.csv whose points or verdicts differ: student,question,before,after,given.
std::string changes_csv(const std::filesystem::path& earlier_evidence,
                        const std::vector<GradedHandIn>& hand_ins);

// 2 -> "2", 2.5 -> "2.5".
std::string points_text(double points);

}  // namespace plaintalk::labs
