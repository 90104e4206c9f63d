using System.Security.Cryptography;
using Attune.Graph.Zoo;

namespace Attune.Compile.Models;

/// <summary>The ONNX file that a tuned model was made from: what it was then, and whether it still is.</summary>
public static class SourceFile
{
    /// <summary>SHA-256 of a model's file, lower-case hexadecimal; null for a network of the zoo and for a file that is not there.</summary>
    /// <param name="source">zoo:NAME, or the path of an ONNX file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string? Sha256(string source)
    {
        if (IsZoo(source) || !File.Exists(source))
        {
            return null;
        }

        using FileStream file = File.OpenRead(source);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>
    /// What a tuned model remembers of where it came from: a path relative to its own folder, so that both can be moved together and nobody who gets the file
    /// learns the folders of the machine it was made on. Where the two have nothing but the root in common, only the file's name.
    /// </summary>
    /// <param name="source">zoo:NAME, or the absolute path of an ONNX file.</param>
    /// <param name="target">The tuned model's file.</param>
    public static string Remembered(string source, string target)
    {
        if (IsZoo(source))
        {
            return source;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(target))!;
        string relative = Path.GetRelativePath(folder, source);
        int depth = folder.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Length;
        bool unrelated = Path.IsPathRooted(relative) || (depth > 0 && relative.Split(Path.DirectorySeparatorChar).Count(part => part == "..") >= depth);
        return unrelated ? Path.GetFileName(source) : relative;
    }

    /// <summary>Where what a tuned model remembers is now; null when it remembers nothing.</summary>
    /// <param name="remembered">What it remembers; absolute in files of earlier versions.</param>
    /// <param name="file">The tuned model's file.</param>
    public static string? Find(string? remembered, string file) =>
        remembered is null || IsZoo(remembered) ? remembered : Path.GetFullPath(remembered, Path.GetDirectoryName(Path.GetFullPath(file))!);

    private static bool IsZoo(string source) => source.StartsWith(ModelZoo.Prefix, StringComparison.OrdinalIgnoreCase);
}
