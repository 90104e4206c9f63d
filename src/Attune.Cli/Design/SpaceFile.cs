using Attune.Cli.Output;
using Attune.Design.Spaces;
using Attune.Design.Spaces.Reading;

namespace Attune.Cli.Design;

/// <summary>Reads the space that the user named.</summary>
internal static class SpaceFile
{
    /// <summary>The space.</summary>
    /// <exception cref="CommandFailedException">It has faults (AT2130); all of them are told.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static DesignSpace Read(string path)
    {
        return SpaceReader.Read(path).OrThrow(error => new CommandFailedException(new Failure(
            ExitCode.Model,
            ErrorCodes.MalformedSpace,
            $"{path} describes no family of models: {Units.Counted(error.Problems.Length, "fault")}.",
            "docs/design.md shows the form; samples/mobile-small.json is an example.")
        {
            Where = path,
            Details = [.. error.Problems.Select(problem => problem.Sentence)],
        }));
    }
}
