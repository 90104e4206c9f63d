using System.Runtime.InteropServices;

namespace Attune.Cohort.Decision;

/// <summary>One branch of the decision tree: a setting that some member asks for, and what it would mean for all.</summary>
/// <param name="Member">The member whose wish it is.</param>
/// <param name="Setting">The setting.</param>
/// <param name="Cost">PowerUp or energy of the branch.</param>
/// <param name="Loss">Sum of accuracy losses over the members, S_A, weighted points.</param>
/// <param name="Feasible">True when every member is predicted to meet its deadline.</param>
/// <param name="LatenessUs">Predicted lateness, summed over the members, weighted microseconds.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Branch(int Member, int Setting, double Cost, double Loss, bool Feasible, double LatenessUs);
