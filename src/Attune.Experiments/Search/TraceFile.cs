using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Attune.Records.Journals;
using Attune.Records.Lines;

namespace Attune.Experiments.Search;

/// <summary>What an experiment has done so far. A result counts only for its key, which names device, space, arm and scale.</summary>
internal static class TraceFile
{
    private static readonly JsonSerializerOptions Json = Options();

    /// <summary>Opens a file for reading and appending; makes it when missing.</summary>
    /// <typeparam name="T">What is kept.</typeparam>
    /// <exception cref="JournalException">The file system refuses, another process has it open, or it holds something else.</exception>
    public static KeyedLog<T> Open<T>(string path)
        where T : class =>
        KeyedLog<T>.Open(
            path, "an experiment's results", "a result with its key", "move it out of the way", "value", (JsonTypeInfo<T>)Json.GetTypeInfo(typeof(T)));

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
