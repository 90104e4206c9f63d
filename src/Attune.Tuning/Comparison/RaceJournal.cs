using System.Text.Json.Serialization;
using Attune.Records.Journals;
using Attune.Records.Lines;

namespace Attune.Tuning.Comparison;

/// <summary>
/// Finished searches of a comparison in a folder, appended as they end. A search of another setting never matches: every key carries what decides the outcome.
/// Safe for several threads, one process at a time.
/// </summary>
internal static class RaceJournal
{
    private const string FileName = "races.jsonl";

    /// <summary>Opens the journal of a folder, or begins one.</summary>
    /// <exception cref="JournalException">The file is in use or holds something else, or the file system refuses.</exception>
    public static KeyedLog<TunerRace> Open(string folder) =>
        KeyedLog<TunerRace>.Open(
            Path.Combine(folder, FileName), "finished searches", "a finished search", "name another folder", "race", RaceJson.Default.TunerRace);
}

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TunerRace))]
internal sealed partial class RaceJson : JsonSerializerContext;
