using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Output;
using Attune.Kernels;
using Attune.Numerics.Words;

namespace Attune.Cli.Arguments;

/// <summary>--without-fusion NAME[,NAME]: fusions to switch off, by the names of <see cref="Fusions"/>.</summary>
internal static class FusionNames
{
    /// <summary>The option.</summary>
    public static Option<string[]> Option() => new("--without-fusion")
    {
        Description = $"Switch fusions off, to measure their gain: {string.Join(", ", Fusions.All.Select(fusion => fusion.Name))}.",
        HelpName = "NAME[,NAME]",
        DefaultValueFactory = _ => [],
    };

    /// <summary>The names, each once, in the order of the table.</summary>
    /// <param name="values">Values of the option; each may hold several names.</param>
    /// <exception cref="CommandFailedException">A name is unknown (AT1005); the nearest is suggested.</exception>
    public static ImmutableArray<string> Parse(IEnumerable<string> values)
    {
        string[] names = [.. values.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        IEnumerable<string> known = Fusions.All.Select(fusion => fusion.Name);
        if (Array.Find(names, name => Fusions.Find(name) is null) is { } unknown)
        {
            string suggestion = NearMiss.Find(unknown, known) is { } near ? $" Did you mean '{near}'?" : string.Empty;
            throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, $"There is no fusion '{unknown}'.{suggestion}", $"Use any of {string.Join(", ", known)}.");
        }

        return [.. known.Where(names.Contains)];
    }
}
