using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Attune.Devices;
using Attune.Devices.Files;
using Attune.Learning.Gaussian;

namespace Attune.Tuning.Transfer;

/// <summary>
/// The prior file (<c>.dgp</c>): a magic word, the schema, a JSON header with the provenance, one deep process per template, and the SHA-256 of all before it.
/// Written beside the target and renamed, so that the target is complete or untouched. Reading trusts nothing and runs nothing. Stateless.
/// </summary>
public static class PriorFile
{
    /// <summary>Schema that this build writes and reads.</summary>
    public const int Schema = 1;

    private const int HashSize = 32;
    private const long LargestFile = 1L << 28;
    private const int LargestHeader = 1 << 24;
    private const int MaxModels = 256;

    private static ReadOnlySpan<byte> Magic => "attune-prior\n"u8;

    /// <summary>Writes a prior.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="prior">The prior.</param>
    /// <returns>Null, or why it could not be written; nothing half-written is left then.</returns>
    public static string? Save(string path, TransferPrior prior)
    {
        try
        {
            AtomicFile.Write(path, stream => stream.Write(ToBytes(prior)));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The prior could not be written to {path}: {exception.Message} Name a file in a folder that exists and may be written.";
        }
    }

    /// <summary>Reads a prior; every reason not to is a value.</summary>
    public static Result<TransferPrior, PriorError> Load(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > LargestFile)
            {
                return Failed(PriorFailure.Foreign, path, $"it has {file.Length} bytes, a prior has at most {LargestFile}");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return Parse(path, bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Failed(PriorFailure.Unreadable, path, exception.Message.TrimEnd('.'));
        }
    }

    internal static byte[] ToBytes(TransferPrior prior)
    {
        var stream = new MemoryStream();
        var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Schema);
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(prior.Provenance);
        writer.Write(header.Length);
        writer.Write(header);
        writer.Write(prior.Models.Length);
        foreach (TransferModel model in prior.Models)
        {
            writer.Write(model.Template);
            writer.Write(model.Columns.Length);
            foreach (string column in model.Columns)
            {
                writer.Write(column);
            }

            writer.Write(model.Deviation);
            writer.Write(model.Tasks);
            writer.Write(model.Rows);
            model.Process.Save(writer);
        }

        writer.Flush();
        return [.. stream.ToArray(), .. SHA256.HashData(stream.ToArray())];
    }

    internal static Result<TransferPrior, PriorError> Parse(string name, byte[] bytes)
    {
        if (bytes.Length < Magic.Length || !bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            return Failed(PriorFailure.Foreign, name, "it is not a prior file");
        }

        if (bytes.Length < Magic.Length + sizeof(int) + HashSize)
        {
            return Failed(PriorFailure.Corrupt, name, "it ends early");
        }

        int schema = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(Magic.Length));
        if (schema != Schema)
        {
            return Failed(PriorFailure.Schema, name, $"it has schema {schema}, this build reads {Schema}");
        }

        if (!SHA256.HashData(bytes.AsSpan(..^HashSize)).AsSpan().SequenceEqual(bytes.AsSpan(^HashSize..)))
        {
            return Failed(PriorFailure.Corrupt, name, "its checksum does not match its content");
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, Magic.Length + sizeof(int), bytes.Length - Magic.Length - sizeof(int) - HashSize));
            return Read(reader);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException or FormatException or ArgumentException)
        {
            return Failed(PriorFailure.Corrupt, name, exception.Message.TrimEnd('.'));
        }
    }

    private static TransferPrior Read(BinaryReader reader)
    {
        int header = Bounded(reader.ReadInt32(), LargestHeader, "header bytes");
        PriorProvenance provenance = JsonSerializer.Deserialize<PriorProvenance>(reader.ReadBytes(header))
            ?? throw new InvalidDataException("It has no header.");
        if (provenance.Sources.IsDefault || provenance.Devices.IsDefault || provenance.Tasks.IsDefault || provenance.Templates.IsDefault)
        {
            throw new InvalidDataException("Its header does not say where it comes from.");
        }

        int count = Bounded(reader.ReadInt32(), MaxModels, "models");
        var models = ImmutableArray.CreateBuilder<TransferModel>();
        for (int i = 0; i < count; i++)
        {
            string template = reader.ReadString();
            int columns = Bounded(reader.ReadInt32(), 4096, "columns");
            ImmutableArray<string> names = [.. Enumerable.Range(0, columns).Select(_ => reader.ReadString())];
            double deviation = reader.ReadDouble();
            int tasks = reader.ReadInt32();
            int rows = reader.ReadInt32();
            DeepGaussianProcess process = DeepGaussianProcess.Load(reader);
            if (process.Columns != columns || !(deviation > 0) || !double.IsFinite(deviation))
            {
                throw new InvalidDataException($"Model {i + 1} names {columns} columns, its process has {process.Columns}");
            }

            models.Add(new TransferModel(template, names, process, deviation, tasks, rows));
        }

        return new TransferPrior(provenance, models.ToImmutable());
    }

    private static int Bounded(int value, int max, string what) =>
        value >= 0 && value <= max ? value : throw new InvalidDataException($"{value} {what} are not in 0..{max}");

    private static PriorError Failed(PriorFailure failure, string name, string why) => new(
        failure,
        $"The prior {name} cannot be used: {why}. Make a new one with: attune learn RECORDS -o {Path.GetFileName(name)}");
}
