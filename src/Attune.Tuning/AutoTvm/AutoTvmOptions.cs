using Attune.Tuning.Options;

namespace Attune.Tuning.AutoTvm;

/// <summary>
/// Parameters of the AutoTVM baseline (Chen et al., NeurIPS 2018; constants of TVM 0.6.1, tuning.md 1.5 to 1.8). The defaults are AutoTVM's; what is known to
/// be a defect of it is off unless <see cref="Quirks"/> asks for it.
/// </summary>
public sealed record AutoTvmOptions
{
    /// <summary>Points per plan; the model is fitted again after as many results, and the first plan is random. Range 1 to 4096. Default 64.</summary>
    public int PlanSize { get; init; } = 64;

    /// <summary>Share of a plan that is random instead (epsilon). In [0, 1]. Default 0.05: 3 of 64.</summary>
    public double Epsilon { get; init; } = 0.05;

    /// <summary>Parallel annealing chains. Range 1 to 4096. Default 128.</summary>
    public int Chains { get; init; } = 128;

    /// <summary>Steps of every chain per plan. Range 1 to 100,000. Default 500.</summary>
    public int Steps { get; init; } = 500;

    /// <summary>Steps without a change among the best points that end annealing. Range 1 to 100,000. Default 50.</summary>
    public int Patience { get; init; } = 50;

    /// <summary>Temperature at the first step, falling linearly to 0. Above 0. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>True lets chains go on where the last plan left them. Default true.</summary>
    public bool Persistent { get; init; } = true;

    /// <summary>0 takes the best points; r at least 1 takes the r times plan size best and picks the most diverse of them. Range 0 to 64. Default 0.</summary>
    public int DiversityRatio { get; init; }

    /// <summary>Most trees of a model. Range 1 to 10,000. Default 8000.</summary>
    public int Rounds { get; init; } = 8000;

    /// <summary>Rows of history below which it is not used. Range 0 to a million. Default 500.</summary>
    public int MinHistory { get; init; } = 500;

    /// <summary>
    /// True reproduces AutoTVM's known defects: failures are trained as performance 0; boosting stops on the recall of its own training rows and keeps the
    /// trees grown after the best round; points with a negative score are dropped from the plan, whatever the loss; margins of history are added to permuted
    /// rows; labels of history are divided by the maximum over all tasks. Default false.
    /// </summary>
    public bool Quirks { get; init; }

    /// <summary>The options by name, with their ranges.</summary>
    public static OptionTable<AutoTvmOptions> Table { get; } = OptionTable<AutoTvmOptions>.Empty
        .Preset("paper", _ => new AutoTvmOptions { Quirks = true }, "TVM 0.6.1 as it is")
        .Integer("plan-size", 1, 4096, o => o.PlanSize, (o, v) => o with { PlanSize = v }, "points per plan; the first plan is random")
        .Number("epsilon", 0, 1, o => o.Epsilon, (o, v) => o with { Epsilon = v }, "share of a plan that is random")
        .Integer("chains", 1, 4096, o => o.Chains, (o, v) => o with { Chains = v }, "parallel annealing chains")
        .Integer("steps", 1, 100_000, o => o.Steps, (o, v) => o with { Steps = v }, "annealing steps per plan")
        .Integer("patience", 1, 100_000, o => o.Patience, (o, v) => o with { Patience = v }, "steps without a change of the best points that end annealing")
        .Positive("temperature", 1000, o => o.Temperature, (o, v) => o with { Temperature = v }, "temperature at the first step")
        .Flag("persistent", o => o.Persistent, (o, v) => o with { Persistent = v }, "chains go on where the last plan left them")
        .Integer(
            "diversity", 0, 64, o => o.DiversityRatio, (o, v) => o with { DiversityRatio = v }, "0, or pick the most diverse of so many times the plan size")
        .Integer("rounds", 1, 10_000, o => o.Rounds, (o, v) => o with { Rounds = v }, "most trees of a model")
        .Integer("least-history", 0, 1_000_000, o => o.MinHistory, (o, v) => o with { MinHistory = v }, "rows of history below which it is not used")
        .Flag("quirks", o => o.Quirks, (o, v) => o with { Quirks = v }, "reproduce AutoTVM's known defects");

    internal IEnumerable<string> Problems() => Table.Problems(this).Select(problem => $"AutoTvm: {problem}");
}
