using System.Collections.Immutable;
using System.Text.Json;
using Attune.Devices;

namespace Attune.Records.Documents;

/// <summary>Opens JSON documents of limited size; every reason not to is a problem, never an exception.</summary>
public static class DocumentFile
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 16 };

    /// <summary>Reads a file and hands its outermost object to a reader.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Bytes it may have at most.</param>
    /// <param name="read">Reads the object; gives null only after it has noted a problem.</param>
    public static Result<T, DocumentError> Read<T>(string path, long maxBytes, Func<DocumentObject, T?> read)
        where T : class
    {
        byte[] bytes;
        try
        {
            using FileStream file = File.OpenRead(path);
            if (!file.CanSeek || file.Length > maxBytes)
            {
                string reason = file.CanSeek ? $"{path} has {file.Length} bytes, at most {maxBytes} are read" : $"{path} is no ordinary file";
                return Unreadable(reason);
            }

            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Unreadable(exception.Message.TrimEnd('.'));
        }

        return Parse(bytes, read);
    }

    /// <summary>Parses a document and hands its outermost object to a reader.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="read">Reads the object; gives null only after it has noted a problem.</param>
    public static Result<T, DocumentError> Parse<T>(ReadOnlyMemory<byte> bytes, Func<DocumentObject, T?> read)
        where T : class
    {
        ImmutableArray<DocumentProblem>.Builder problems = ImmutableArray.CreateBuilder<DocumentProblem>();
        return Parse(bytes, problems, read) is { } made ? made : new DocumentError(problems.ToImmutable());
    }

    /// <summary>Parses a document and hands its outermost object to a reader.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="problems">Where problems go.</param>
    /// <param name="read">Reads the object.</param>
    /// <returns>What the reader made; null when there is a problem.</returns>
    public static T? Parse<T>(ReadOnlyMemory<byte> bytes, ImmutableArray<DocumentProblem>.Builder problems, Func<DocumentObject, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            T? made = read(new DocumentObject(document.RootElement, string.Empty, problems));
            return problems.Count == 0 ? made : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Texts that are no UTF-8, or hold half a surrogate pair, are only found when they are read.
            problems.Add(new DocumentProblem(string.Empty, $"this is no JSON: {broken.Message.TrimEnd('.')}"));
            return null;
        }
    }

    private static DocumentError Unreadable(string reason) => new([new DocumentProblem(string.Empty, reason)]);
}
