using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Runtime.FileFuzzer;

/// <summary>Changes fields of a JSON document: whatever a file can say, right or wrong, without any regard for what would fit.</summary>
internal static class JsonMutation
{
    /// <summary>Changes a document in one place.</summary>
    public static void Apply(JsonNode root, Random random)
    {
        List<JsonNode> places = [];
        Collect(root, places);
        JsonNode place = places[random.Next(places.Count)];
        if (place is JsonArray list)
        {
            ChangeList(list, random);
        }
        else if (place is JsonObject members && members.Count > 0)
        {
            ChangeMember(members, members.ElementAt(random.Next(members.Count)).Key, places, random);
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        if (node is JsonArray list)
        {
            places.Add(list);
            foreach (JsonNode? item in list)
            {
                Collect(item, places);
            }
        }
        else if (node is JsonObject members)
        {
            places.Add(members);
            foreach ((_, JsonNode? value) in members)
            {
                Collect(value, places);
            }
        }
    }

    private static void ChangeList(JsonArray list, Random random)
    {
        int at = list.Count == 0 ? 0 : random.Next(list.Count);
        switch (random.Next(list.Count == 0 ? 1 : 6))
        {
            case 0:
                list.Insert(at, list.Count == 0 ? JsonValue.Create(random.Next(5)) : list[random.Next(list.Count)]?.DeepClone());
                break;
            case 1:
                list.RemoveAt(at);
                break;
            case 2:
                JsonNode? moved = list[at];
                list.RemoveAt(at);
                list.Insert(random.Next(list.Count + 1), moved);
                break;
            case 3:
                list[at] = list[random.Next(list.Count)]?.DeepClone();
                break;
            default:
                list[at] = Changed(list[at], [.. list.OfType<JsonNode>()], random);
                break;
        }
    }

    private static void ChangeMember(JsonObject members, string name, List<JsonNode> places, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                members.Remove(name);
                break;
            case 1:
                JsonObject[] others = [.. places.OfType<JsonObject>().Where(other => other.Count > 0)];
                KeyValuePair<string, JsonNode?> taken = others[random.Next(others.Length)].ElementAt(0);
                members[taken.Key] = taken.Value?.DeepClone();
                break;
            case 2:
                JsonObject[] same = [.. places.OfType<JsonObject>().Where(other => other.ContainsKey(name))];
                members[name] = same[random.Next(same.Length)][name]?.DeepClone();
                break;
            default:
                JsonNode[] alike = [.. places.OfType<JsonObject>().Select(other => other[name]).OfType<JsonNode>()];
                members[name] = Changed(members[name], alike, random);
                break;
        }
    }

    private static JsonNode? Changed(JsonNode? value, JsonNode[] alike, Random random) => value?.GetValueKind() switch
    {
        JsonValueKind.Number when value.AsValue().TryGetValue(out long number) => JsonValue.Create(Values.Integer(random, number)),
        JsonValueKind.Number => JsonValue.Create(random.NextDouble()),
        JsonValueKind.String when random.Next(4) > 0 && alike.Length > 0 => alike[random.Next(alike.Length)].DeepClone(),
        JsonValueKind.String => JsonValue.Create(random.Next(3) switch
        {
            0 => string.Empty,
            1 => value.GetValue<string>() + "x",
            _ => random.Next(100).ToString(CultureInfo.InvariantCulture),
        }),
        JsonValueKind.Array => random.Next(2) == 0 ? new JsonArray() : JsonValue.Create(random.Next(5)),
        JsonValueKind.Object => random.Next(2) == 0 ? new JsonObject() : alike.Length > 0 ? alike[random.Next(alike.Length)].DeepClone() : null,
        _ => JsonValue.Create(random.Next(5)),
    };
}
