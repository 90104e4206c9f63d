using Attune.Numerics;

namespace Attune.Experiments.Iccv2021;

/// <summary>How good a tuning set is: the points that a tuner wants measured before it has seen anything of the task.</summary>
/// <param name="Group">Network or recorded device.</param>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Set">How the set was chosen.</param>
/// <param name="Points">Points per set.</param>
/// <param name="Best">Best known time / best time in the set, with its interval over seeds; 0 when nothing in it works.</param>
/// <param name="Mean">Mean over the set of best known time / time; failing points count 0.</param>
/// <param name="Failing">Share of the set that fails.</param>
public sealed record TuningSetRow(string Group, string Layer, string Set, int Points, MeanInterval Best, double Mean, double Failing);
