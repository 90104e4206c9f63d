using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Design.Flow;
using Attune.Design.Spaces;
using Attune.Records.Journals;

namespace Attune.Cli.Design;

/// <summary>Options that commands on families of models share.</summary>
/// <param name="needed">True when --space must be given.</param>
internal sealed class DesignOptions(bool needed = true)
{
    /// <summary>--space FILE.</summary>
    public Option<string> Space { get; } = new("--space")
    {
        Description = "The JSON file that describes the family of models.",
        HelpName = "FILE",
        Required = needed,
    };

    /// <summary>--store FILE.</summary>
    public Option<string?> Store { get; } = new("--store")
    {
        Description = "File of designs, measurements and fits to resume from and append to. Default: designs.jsonl beside the tuning records.",
        HelpName = "FILE",
    };

    /// <summary>--records FILE.</summary>
    public Option<string?> Records { get; } = new("--records")
    {
        Description = "Tuning records, for devices with tuned kernels. Default: the journal in the user's data folder.",
        HelpName = "FILE",
    };

    /// <summary>--allow-programs.</summary>
    public Option<bool> AllowPrograms { get; } = new("--allow-programs") { Description = "Allow to run the program that the space names to build its models." };

    /// <summary>--precisions NAMES.</summary>
    public PrecisionsOption Precisions { get; } = new();

    /// <summary>--seed N.</summary>
    public Option<int> Seed { get; } = new("--seed") { Description = "Seed of samples and searches.", HelpName = "N", DefaultValueFactory = _ => 1 };

    /// <summary>What the next command on the same family needs of them, as the user gave them.</summary>
    public IEnumerable<string> Given(Invocation invocation) => invocation.Given(Space, Store, Records, AllowPrograms, Precisions.Option);

    /// <summary>Opens the family that they name.</summary>
    /// <exception cref="CommandFailedException">The space has faults.</exception>
    /// <exception cref="JournalException">The store cannot be used.</exception>
    public DesignWorkspace Open(Invocation invocation)
    {
        DesignSpace space = Precisions.Apply(invocation, SpaceFile.Read(invocation.Value(Space)!));
        var defaults = new DesignWorkspaceOptions { AllowPrograms = invocation.Value(AllowPrograms), Clock = invocation.Clock };
        var workspace = DesignWorkspace.Open(
            space, defaults with { Store = invocation.Value(Store) ?? defaults.Store, Records = invocation.Value(Records) ?? defaults.Records });
        if (workspace.Session.Store.Damaged is > 0 and var damaged)
        {
            invocation.Progress.Announce($"design  {damaged} damaged lines of {workspace.Session.Store.Path} were left out");
        }

        return workspace;
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Space, Precisions.Option, Store, Records, AllowPrograms, Seed })
        {
            command.Options.Add(option);
        }
    }
}
