using Attune.Devices;

namespace Attune.Runtime.Files.Sources;

/// <summary>What messages call a tuned model that is read.</summary>
/// <param name="Subject">Its name at the beginning of a sentence.</param>
/// <param name="Path">Its file; null when it is none.</param>
internal sealed record ModelOrigin(string Subject, string? Path)
{
    /// <summary>A model in memory.</summary>
    public static ModelOrigin Memory { get; } = new("The model in memory", null);

    /// <summary>A model that a stream gives.</summary>
    public static ModelOrigin Stream { get; } = new("The model in the stream", null);

    /// <summary>A model in a file.</summary>
    public static ModelOrigin File(string path) => new($"'{path}'", path);

    /// <summary>What a file is, if it is known and no tuned model.</summary>
    public FileBeginning? Beginning() => Path is null ? null : FileBeginning.Of(Path, zipExpected: true);
}
