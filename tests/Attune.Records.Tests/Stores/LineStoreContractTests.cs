using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Attune.Records.Journals;
using Attune.Records.Lines;

namespace Attune.Records.Tests.Stores;

public sealed class JournalContractTests : LineStoreContract
{
    protected override IDisposable Open(string path) => Journal.Open(path);

    protected override void Append(IDisposable store, int number) => ((Journal)store).Append(Sample.Record(number));

    protected override int[] Read(string path) => [.. JournalReader.Read(path).Records.Select(record => (int)record.Sequence)];
}

public sealed class LineLogContractTests : LineStoreContract
{
    private static readonly LineFileKind Kind = new(
        "sample lines", "a sample line", "name another file with --sample FILE", line => line.StartsWith("{\"number\":"u8));

    protected override IDisposable Open(string path) => LineLog.Open(path, Kind);

    protected override void Append(IDisposable store, int number) => ((LineLog)store).Append(Encoding.UTF8.GetBytes($"{{\"number\":{number}}}"));

    protected override int[] Read(string path) =>
        [.. LineLog.Read(path, Kind).Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("number").GetInt32())];
}

public sealed class KeyedLogContractTests : LineStoreContract
{
    private static readonly JsonTypeInfo<string> Type = (JsonTypeInfo<string>)JsonSerializerOptions.Default.GetTypeInfo(typeof(string));

    protected override IDisposable Open(string path) => KeyedLog<string>.Open(path, "sample lines", "a sample line", "name another file", "text", Type);

    protected override void Append(IDisposable store, int number) => ((KeyedLog<string>)store).Add($"{number}", "a value of some length");

    // A log has one reader, who has it open; a copy may be read meanwhile.
    protected override int[] Read(string path)
    {
        File.Copy(path, path + ".copy", overwrite: true);
        using KeyedLog<string> log = (KeyedLog<string>)Open(path + ".copy");
        return [.. Enumerable.Range(1, 9).Where(number => log.Find($"{number}") == "a value of some length")];
    }
}
