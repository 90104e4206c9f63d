using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Compile.Conformance;
using Attune.Graph.Conformance;
using Attune.Numerics.Words;

namespace Attune.Cli.Conformance;

/// <summary>Which kernels a conformance run uses.</summary>
internal static class ConformancePaths
{
    /// <summary>Both kinds, the default.</summary>
    public const string Both = "both";

    private const string Reference = "reference";
    private const string Compiled = "compiled";

    /// <summary>The names that --kernels takes.</summary>
    public static ImmutableArray<string> Names { get; } = [Reference, Compiled, Both];

    /// <summary>
    /// The paths of a name: one for the reference kernels; for each vector width of this machine one with models as they are and one with constant operands.
    /// </summary>
    /// <exception cref="CommandFailedException">There is no such name (AT1005); the nearest is suggested.</exception>
    public static ImmutableArray<IConformanceExecutor> Of(string kernels) => kernels switch
    {
        Reference => [new ReferenceConformance()],
        Compiled => [.. CompiledOf(ConformanceReading.Strict), .. CompiledOf(ConformanceReading.ConstantOperands)],
        Both => [.. Of(Reference), .. Of(Compiled)],
        _ => throw new CommandFailedException(
            ExitCode.Usage,
            ErrorCodes.BadValue,
            $"There are no kernels '{kernels}'.{(NearMiss.Find(kernels, Names) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
            $"Use --kernels {string.Join(" or --kernels ", Names)}."),
    };

    private static IEnumerable<IConformanceExecutor> CompiledOf(ConformanceReading reading) =>
        CompiledConformance.Widths.Select(lanes => new CompiledConformance(lanes, reading));
}
