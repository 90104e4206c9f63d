using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Compile.Quantisation.Mixed;
using Attune.Design.Spaces;
using Attune.Kernels.Targets;
using Attune.Numerics.Words;

namespace Attune.Cli.Design;

/// <summary>--precisions: what the parts of a family's networks may multiply, where the file of the family does not say it.</summary>
internal sealed class PrecisionsOption
{
    /// <summary>The option.</summary>
    public Option<string?> Option { get; } = new("--precisions")
    {
        Description = "What stem, stages and tail of the template may each multiply: f32, i8, bf16, with commas between. Bytes and brain floats are measured "
            + "on kernels for them. Default: what the space's genes say, else f32.",
        HelpName = "NAMES",
    };

    /// <summary>The space with a gene for each part, where the option was given; else as it is.</summary>
    /// <param name="invocation">The command.</param>
    /// <param name="space">The space as its file describes it.</param>
    /// <exception cref="CommandFailedException">
    /// A name is none or occurs twice, this processor lacks the instruction, or the space cannot have such genes.
    /// </exception>
    public DesignSpace Apply(Invocation invocation, DesignSpace space)
    {
        if (invocation.Value(Option) is not { } text)
        {
            return space;
        }

        string[] names = text.Split(',', StringSplitOptions.TrimEntries);
        if (names.FirstOrDefault(name => StagePrecisions.Find(name) is null) is { } unknown)
        {
            string near = NearMiss.Find(unknown, StagePrecisions.Names) is { } known ? $" Did you mean '{known}'?" : string.Empty;
            throw Failure($"--precisions {text}: there is no precision '{unknown}'.{near}", $"Use some of {string.Join(", ", StagePrecisions.Names)}.");
        }

        if (names.Distinct().Count() < names.Length)
        {
            throw Failure($"--precisions {text}: a precision occurs twice.", $"Write --precisions {string.Join(',', names.Distinct())}.");
        }

        if (names.Contains(StagePrecisions.NameOf(LayerPrecision.BFloat16)) && !HostTarget.Widest.MultipliesHalves)
        {
            throw Failure(
                $"--precisions {text}: this processor has no instruction for brain floats, so nothing would be measured with them.", "Leave bf16 out.");
        }

        return StagePrecisions.AddTo(space, [.. names.Select(name => StagePrecisions.Find(name)!.Value)])
            .OrThrow(problem => Failure($"--precisions {text}: {problem}.", "Leave --precisions out."));
    }

    private static CommandFailedException Failure(string message, string next) => new(ExitCode.Usage, ErrorCodes.BadValue, message, next);
}
