using Attune.Devices.Files;

namespace Attune.Devices;

/// <summary>What a file is, told by how it begins, where something else was expected.</summary>
/// <param name="What">What it is, as half a sentence.</param>
/// <param name="Next">What to do about it: one sentence, or words and a command.</param>
internal sealed record FileBeginning(string What, string Next)
{
    private const int Looked = 64;
    private const string TunedExtension = ".attune";

    /// <summary>Recognises a file that people mistake for a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="zipExpected">True where a zip file is what was expected, so that being one explains nothing.</param>
    /// <returns>What it is; null when it is nothing that is known, or cannot be read.</returns>
    public static FileBeginning? Of(string path, bool zipExpected = false)
    {
        if (Directory.Exists(path))
        {
            return new FileBeginning("it is a folder", "Name the file in it.");
        }

        try
        {
            if (!File.Exists(path) || SpecialFiles.HasNoLength(path))
            {
                return null;
            }

            using FileStream file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[Looked];
            return Of(start[..file.ReadAtLeast(start, Looked, throwOnEndOfStream: false)], path, zipExpected);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Recognises a file by its first bytes.</summary>
    /// <param name="start">The first bytes; sixteen are enough.</param>
    /// <param name="path">Its path, for what to do next.</param>
    /// <param name="zipExpected">As for a path.</param>
    public static FileBeginning? Of(ReadOnlySpan<byte> start, string path, bool zipExpected = false) => start switch
    {
        _ when start.StartsWith("version https://git-lfs"u8) =>
            new("it is a git-LFS pointer, which stands for a file that was not fetched", "Fetch the file itself: git lfs pull"),
        _ when IsOnnx(start) => new(
            "it is an ONNX model, which is not tuned yet",
            $"Tune it first: attune tune {ShellWord.Of(path)} -o {ShellWord.Of(Path.ChangeExtension(Path.GetFileName(path), TunedExtension))}"),
        _ when !zipExpected && start.StartsWith("PK\x03\x04"u8) =>
            new("it is a zip file, as tuned models and PyTorch files are", "Name the ONNX file that it was made from, or export one."),
        _ when start.StartsWith("\x89HDF"u8) => new("it is an HDF5 file, as Keras writes them", "Export the model to ONNX, for example with tf2onnx."),
        _ when start.StartsWith("<!DOCTYPE"u8) || start.StartsWith("<html"u8) =>
            new("it is a web page, as a download that went wrong leaves behind", "Download the file again."),
        _ => null,
    };

    // A ModelProto begins with its field 1, ir_version, a small number, and goes on with another of its fields: producer, domain, graph, opset.
    private static bool IsOnnx(ReadOnlySpan<byte> start) => start is [0x08, > 0 and < 0x80, 0x12 or 0x1a or 0x22 or 0x28 or 0x32 or 0x3a or 0x42 or 0x72, ..];
}
