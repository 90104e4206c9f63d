using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Compile.Forms;
using Attune.Numerics.Words;

namespace Attune.Cli.CohortRun;

/// <summary>Forms of layers as <c>--forms</c> and <c>--lowrank</c> name them.</summary>
/// <param name="Precisions">Variants on narrower numbers, the most exact first.</param>
/// <param name="Shares">Shares of low-rank variants.</param>
internal sealed record FormNames(ImmutableArray<FormPrecision> Precisions, double[] Shares)
{
    private const string LowRank = "lowrank";
    private const double UsualShare = 0.5;

    /// <summary>All names.</summary>
    public static ImmutableArray<string> All { get; } = [.. Enum.GetValues<FormPrecision>().Select(NameOf), LowRank];

    /// <summary>True when there are forms.</summary>
    public bool Any => !Precisions.IsEmpty || Shares.Length > 0;

    /// <summary>Reads a list of names.</summary>
    /// <param name="text">The list; null for none.</param>
    /// <param name="shares">Shares that were given besides.</param>
    /// <exception cref="CommandFailedException">There is no such form (AT1005).</exception>
    public static FormNames Parse(string? text, double[] shares)
    {
        string[] names = text?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        if (Array.Find(names, name => !All.Contains(name)) is { } wrong)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"There is no form '{wrong}'.{(NearMiss.Find(wrong, All) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"Write --forms {string.Join(',', All)}, or some of them.");
        }

        return new FormNames(
            [.. Enum.GetValues<FormPrecision>().Where(precision => names.Contains(NameOf(precision)))],
            shares.Length == 0 && names.Contains(LowRank) ? [UsualShare] : shares);
    }

    private static string NameOf(FormPrecision precision) => precision.ToString().ToLowerInvariant();
}
