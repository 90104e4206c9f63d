using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Numerics.Words;

namespace Attune.Cli.Cohort;

/// <summary>Policies and modes as users name them.</summary>
internal static class PolicyArguments
{
    /// <summary>--policy NAME.</summary>
    public static Option<string> Policy() =>
        new("--policy")
        {
            Description = $"Who decides: {string.Join(", ", PolicyCatalog.Names)}.",
            HelpName = "NAME",
            DefaultValueFactory = _ => PolicyCatalog.NeuOs,
        };

    /// <summary>--policies NAMES.</summary>
    public static Option<string[]> Policies() => new("--policies")
    {
        Description = $"Policies to compare, separated by commas. Default: all ({string.Join(", ", PolicyCatalog.Names)}).",
        HelpName = "NAMES",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    /// <summary>--mode MODE.</summary>
    public static Option<string?> Mode() =>
        new("--mode")
        {
            Description = $"What {PolicyCatalog.NeuOs} is steered towards: {string.Join(", ", CohortModes.Names)}. Default: as the plan says.",
            HelpName = "MODE",
        };

    /// <summary>Checks a policy's name.</summary>
    /// <exception cref="CommandFailedException">There is no such policy (AT1005).</exception>
    public static string CheckPolicy(string name) => PolicyCatalog.Names.Contains(name) ? name : throw Unknown("policy", name, PolicyCatalog.Names);

    /// <summary>Reads a list of policies.</summary>
    /// <exception cref="CommandFailedException">One is unknown (AT1005).</exception>
    public static ImmutableArray<string> ReadPolicies(string[] values)
    {
        string[] names = [.. values.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()];
        return names.Length == 0 ? PolicyCatalog.Names : [.. names.Select(CheckPolicy)];
    }

    /// <summary>Reads a mode; null where none is named.</summary>
    /// <exception cref="CommandFailedException">There is no such mode (AT1005).</exception>
    public static CohortMode? ReadMode(string? name) => name is null ? null : CohortModes.Find(name) ?? throw Unknown("mode", name, CohortModes.Names);

    private static CommandFailedException Unknown(string what, string name, ImmutableArray<string> known) => new(
        ExitCode.Usage,
        ErrorCodes.BadValue,
        $"There is no {what} '{name}'.{(NearMiss.Find(name, known) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
        $"Use one of {string.Join(", ", known)}.");
}
