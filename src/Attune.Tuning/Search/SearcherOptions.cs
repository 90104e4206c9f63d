using System.Collections.Immutable;
using Attune.Tuning.Auto;
using Attune.Tuning.AutoTvm;
using Attune.Tuning.Bao;
using Attune.Tuning.Bted;
using Attune.Tuning.Chameleon;
using Attune.Tuning.Options;
using Attune.Tuning.Simple;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Search;

/// <summary>What a searcher is told before it starts.</summary>
public sealed record SearcherOptions
{
    /// <summary>Seed of all randomness: equal seeds and equal outcomes give equal searches. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Index of the template's default configuration, proposed first when it is valid; null for none.</summary>
    public long? Start { get; init; }

    /// <summary>Points proposed right after <see cref="Start"/>, in order; invalid ones are left out. Default none.</summary>
    public ImmutableArray<long> Suggestions { get; init; } = [];

    /// <summary>Trials that the task will probably get, a hint that sizes the initial set. At least 1. Default 128.</summary>
    public int ExpectedTrials { get; init; } = 128;

    /// <summary>Points of the initial set, at least 1; null takes a quarter of <see cref="ExpectedTrials"/> between 8 and 12 (the papers: 64).</summary>
    public int? InitialPoints { get; init; }

    /// <summary>Parameters of the BTED initial set.</summary>
    public BtedOptions Bted { get; init; } = new();

    /// <summary>Parameters of BAO.</summary>
    public BaoOptions Bao { get; init; } = new();

    /// <summary>Parameters of CHAMELEON.</summary>
    public ChameleonOptions Chameleon { get; init; } = new();

    internal static OptionTable<SearcherOptions> ChameleonTable { get; } = ChameleonOptions.Table.Within<SearcherOptions>(
        o => o.Chameleon, (o, v) => o with { Chameleon = v });

    /// <summary>Parameters of the transfer search.</summary>
    public TransferOptions Transfer { get; init; } = new();

    /// <summary>Earlier tunes to learn from; null for none.</summary>
    public TuningHistory? History { get; init; }

    /// <summary>What was learnt from history before; null for none.</summary>
    public TransferPrior? Prior { get; init; }

    /// <summary>Key of the task that is searched, from which transfer takes its descriptors; empty when unknown.</summary>
    public string TaskKey { get; init; } = string.Empty;

    /// <summary>Parameters of Attune's own search.</summary>
    public AutoOptions Auto { get; init; } = new();

    /// <summary>Parameters of the AutoTVM baseline.</summary>
    public AutoTvmOptions AutoTvm { get; init; } = new();

    /// <summary>Parameters of the genetic algorithm.</summary>
    public GeneticOptions Genetic { get; init; } = new();

    /// <summary>Parameters of Droplet search.</summary>
    public DropletOptions Droplet { get; init; } = new();

    internal static OptionTable<SearcherOptions> InitialTable { get; } = OptionTable<SearcherOptions>.Empty
        .AutoInteger(
            "initial-points",
            1,
            100_000,
            o => o.InitialPoints,
            (o, v) => o with { InitialPoints = v },
            "points of the initial set; auto: a quarter of the trials, 8 to 12");

    internal static OptionTable<SearcherOptions> BtedTable { get; } = InitialTable.And(
        BtedOptions.Table.Within<SearcherOptions>(o => o.Bted, (o, v) => o with { Bted = v }));

    internal static OptionTable<SearcherOptions> BaoTable { get; } = BaoOptions.Table.Within<SearcherOptions>(o => o.Bao, (o, v) => o with { Bao = v });

    internal static OptionTable<SearcherOptions> TransferTable { get; } = TransferOptions.Table.Within<SearcherOptions>(
        o => o.Transfer, (o, v) => o with { Transfer = v });

    internal static OptionTable<SearcherOptions> AutoTable { get; } = AutoOptions.Table.Within<SearcherOptions>(o => o.Auto, (o, v) => o with { Auto = v });

    internal static OptionTable<SearcherOptions> AutoTvmTable { get; } = AutoTvmOptions.Table.Within<SearcherOptions>(
        o => o.AutoTvm, (o, v) => o with { AutoTvm = v });

    internal static OptionTable<SearcherOptions> GeneticTable { get; } = GeneticOptions.Table.Within<SearcherOptions>(
        o => o.Genetic, (o, v) => o with { Genetic = v });

    internal static OptionTable<SearcherOptions> DropletTable { get; } = DropletOptions.Table.Within<SearcherOptions>(
        o => o.Droplet, (o, v) => o with { Droplet = v });

    internal int InitialSize => InitialPoints ?? Math.Clamp(ExpectedTrials / 4, 8, 12);

    /// <summary>Checks every range, nested options included.</summary>
    /// <exception cref="ArgumentException">Names all values out of range.</exception>
    public SearcherOptions Validated()
    {
        List<string> problems =
        [
            .. Bted.Problems(), .. Bao.Problems(), .. Chameleon.Problems(), .. AutoTvm.Problems(), .. Genetic.Problems(), .. Droplet.Problems(),
            .. Transfer.Problems(), .. Auto.Problems(),
        ];
        if (ExpectedTrials < 1)
        {
            problems.Add($"ExpectedTrials {ExpectedTrials} is below 1");
        }

        if (InitialPoints < 1)
        {
            problems.Add($"InitialPoints {InitialPoints} is below 1");
        }

        return problems.Count == 0 ? this : throw new ArgumentException($"Searcher options: {string.Join("; ", problems)}.");
    }
}
